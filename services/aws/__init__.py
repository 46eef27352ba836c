"""The one way to AWS: the port that makes calls, guards around it, and AWS's errors in a person's words."""

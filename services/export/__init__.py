"""The same blueprint for other tools: a shell script, CloudFormation, Terraform, and the architecture document."""

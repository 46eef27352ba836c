"""The audit of a set-up, ours or made by hand: what AWS says of it, judged check by check. It can only read."""

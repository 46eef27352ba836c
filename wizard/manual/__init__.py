"""The manual page, made from the definitions of commands, options and answers: nothing is described twice."""

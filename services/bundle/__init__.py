"""The support bundle: what a support engineer needs who cannot see the customer, and nothing that is not theirs to see.

What can be told from a list is told from a list: which keys, addresses, codes and settings the program knows. Free text
from outside is left out. What remains goes through the redactor, and the whole archive through a gate after that.
"""

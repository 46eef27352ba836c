"""The wizard line by line: the questions, marks and work of the pages, for screen readers and for terminals without pages."""

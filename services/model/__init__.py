"""AWS resources as values: calls as data, facets, and the resources that a backup path consists of."""

"""News agencies' own formats, read liberally: elements are found by local name, with or without namespaces."""

"""The subject: what a layer is, what is counted, and which mistakes are made in counting."""

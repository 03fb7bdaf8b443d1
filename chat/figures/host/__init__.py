"""Memory of the machine: what is offloaded to it, what a file spills into it, and the link between."""

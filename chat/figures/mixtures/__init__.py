"""Mixtures of experts: all their parameters, those in host memory, and notes that take the active ones for all."""

"""Bundles to text sections and listings, and images back to source."""

"""Renderings of one diagnosis: each module turns the same findings into one form and computes nothing."""

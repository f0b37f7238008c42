"""Writes about accounts and people."""

"""Logs that people read: drawn by plan, written out blind, and their answers taken back."""

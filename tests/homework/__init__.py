"""Tests of `gradlab.homework`."""

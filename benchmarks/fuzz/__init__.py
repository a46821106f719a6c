"""The readers of untrusted text, driven with hostile text: `python -m benchmarks.fuzz`."""

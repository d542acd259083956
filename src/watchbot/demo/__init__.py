"""The main job without the internet: January 2022 in thirteen invented outlets and twelve languages."""

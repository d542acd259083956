"""The composition root: builds every part from the settings, runs them, reloads files, stops in order."""

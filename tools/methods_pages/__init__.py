"""Pages that explain a family of methods, written from runs of the analysis itself."""

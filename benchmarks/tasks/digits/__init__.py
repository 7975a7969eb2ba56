"""The parts of the embedded task `digit-shots`: handwriting, topics, scenes, drawing."""

"""Studies: an analysis of recorded data that somebody ran, with the question it answers, what was chosen and what was found.

A method (`methods/`) takes what it asks of a `Source` and gives a `Result`; `gathering` is the source over the store, within what
the actor may see; `actions.run_study` writes the result down, so that a page, a download, the command and a shared link say the
same.
"""

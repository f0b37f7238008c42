"""Turn whatever file people have into one UTF-8 table of tabs and lines, whose lines are the spreadsheet's rows.

The file's content says what it is, never its name. What is not text is opened in a child process with limits on
memory, time and disk (`child`), started by `reader`; nothing here imports Django.
"""

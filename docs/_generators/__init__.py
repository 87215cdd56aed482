"""The generated parts of the documentation: a module a page, each function one part as Markdown."""

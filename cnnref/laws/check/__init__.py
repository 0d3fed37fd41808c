"""`cnnref check`: the laws tried on anybody's implementation, and what is wrong named.

The implementation runs in processes of its own (`worker`), which are started, watched and replaced
by `crew`. There `trial` tries one law, and `naming` asks which known mistake does the same.
`checking` puts it together as a `report`, which `to_text`, `to_json` and `to_html` write.
"""

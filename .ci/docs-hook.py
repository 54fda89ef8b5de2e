"""Pages of docs/ link to files of the repository by relative paths; on the site these become addresses on GitHub."""

import os
import re
from pathlib import Path

LINK_OUT_OF_DOCS = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown, page, config, files):
    docs = Path(config.docs_dir)
    repository = docs.parent
    folder = (docs / page.file.src_uri).parent

    def address(link):
        target = Path(os.path.normpath(folder / link[1]))
        # What is on the site, or nowhere, is left to MkDocs, which refuses a link to nowhere.
        if target.is_relative_to(docs) or not target.exists():
            return link[0]
        kind = "tree" if target.is_dir() else "blob"
        return f"]({config.repo_url}/{kind}/main/{target.relative_to(repository)}{link[2] or ''})"

    return LINK_OUT_OF_DOCS.sub(address, markdown)

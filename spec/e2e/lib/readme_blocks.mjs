// The code of a Markdown page that is meant for files: fenced blocks whose info string names one,
//
//   ```cpp consumers/hello_consumer.h
//
// Returns [{language, path, text, line}] in the order of the page.
export function fileBlocks(markdown) {
  const blocks = [];
  let open = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open && line.trimEnd() === open.fence) {
      if (open.path) blocks.push({ language: open.language, path: open.path, text: `${open.lines.join('\n')}\n`, line: open.line });
      open = null;
    } else if (open) {
      open.lines.push(line);
    } else {
      open = fence(line, index + 1);
    }
  }
  if (open) throw new Error(`the code block that begins in line ${open.line} has no end`);
  for (const { path, line } of blocks) {
    if (path.startsWith('/') || path.split('/').includes('..')) throw new Error(`line ${line}: ${path} leaves the project`);
  }
  return blocks;
}

function fence(line, number) {
  const match = /^(`{3,})\s*(\S*)(?:\s+(\S+))?\s*$/.exec(line);
  if (!match) return null;
  return { fence: match[1], language: match[2], path: match[3], lines: [], line: number };
}

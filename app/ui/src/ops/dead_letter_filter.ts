// The filter language of the API: a cause and what somebody typed, both.
export function fullFilter(fingerprint: string, where: string): string {
  const cause = fingerprint === '' ? '' : `fingerprint = "${fingerprint.replaceAll(/["\\]/g, '\\$&')}"`;
  if (cause === '' || where === '') return cause || where;
  return `${cause} and (${where})`;
}

export type PatchText = { patch?: unknown; problem?: string };

// An RFC 6902 patch as it was typed.
export function readPatch(text: string): PatchText {
  if (text.trim() === '') return {};
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch {
    return { problem: 'This is no JSON.' };
  }
  const isPatch = Array.isArray(patch) && patch.length > 0 && patch.every(isOperation);
  return isPatch ? { patch } : { problem: 'A patch is a list of operations, each with "op" and "path" (RFC 6902).' };
}

function isOperation(each: unknown): boolean {
  return typeof each === 'object' && each !== null && 'op' in each && 'path' in each;
}

// What the page was given: figures and incidents at once, stories when they are opened.

export const page = JSON.parse(document.getElementById("data").textContent);

export const names = new Map(page.accounts.map((account) => [account.id, account.name]));
const places = new Map(); // incident → its place in its chunk
const perChunk = new Map();
for (const row of page.rows) {
  const place = perChunk.get(row.chunk) ?? 0;
  places.set(row.id, place);
  perChunk.set(row.chunk, place + 1);
}

export function accountName(id) {
  return names.get(id) ?? id;
}

const unpacked = new Map();

// The story of an incident: its facts, and every message. A few dozen are packed together.
export async function storyOf(row) {
  if (!unpacked.has(row.chunk)) unpacked.set(row.chunk, unpack(row.chunk));
  return (await unpacked.get(row.chunk))[places.get(row.id)];
}

async function unpack(chunk) {
  const packed = atob(document.getElementById(`chunk-${chunk}`).textContent);
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

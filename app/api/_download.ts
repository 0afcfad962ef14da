/** Headers of what is saved, not shown: what people upload or write never runs in our origin: no sniffing, no rendering, no scripts. */
export function downloadHeaders({ name, mimeType, size }: { name: string; mimeType: string; size: number }): Record<string, string> {
  return {
    'Content-Type': mimeType, 'Content-Disposition': disposition(name), 'Content-Length': String(size),
    'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'private, no-store',
  };
}

function disposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

import { fileContent } from '#db/files';
import { files } from '../../../../_operations/files';
import { methods, route } from '../../../../_route';

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(files.fileContent, async ({ database, access, params }) => {
    const found = await fileContent(database, access, params.fileId);
    if (!found.ok) return found;
    const { file, bytes } = found;
    return new Response(new Uint8Array(bytes), {
      headers: {
        'Content-Type': file.mimeType, 'Content-Disposition': disposition(file.name), 'Content-Length': String(bytes.byteLength),
        // What people upload never runs in our origin: no sniffing, no rendering, no scripts.
        'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'private, no-store',
      },
    });
  }),
});

function disposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

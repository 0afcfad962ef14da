import { listFiles, uploadFile } from '#db/files';
import { failure, FailureError } from '#flow/failure';
import { files, maxFileBytes } from '../../_operations/files';
import { jsonReply } from '../../_reply';
import { methods, readLimited, route } from '../../_route';

/** Boundaries, headers and other parts around the file. */
const envelopeBytes = 64 * 1024;

export const { GET, POST, PUT, PATCH, DELETE } = methods({
  GET: route(files.listFiles, ({ database, access, query }) => listFiles(database, access, query)),
  POST: route(files.uploadFile, async ({ database, access, request }) => {
    const part = await filePart(request);
    const stored = await uploadFile(database, access, { name: part.name, mimeType: part.type || 'application/octet-stream', bytes: new Uint8Array(await part.arrayBuffer()) });
    return stored.ok ? jsonReply(stored.file, 201) : stored;
  }),
});

/** The body is counted while it is read, so that nobody fills the memory with what will be refused. */
async function filePart(request: Request): Promise<File> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.toLowerCase().startsWith('multipart/form-data')) {
    throw new FailureError(failure('UNSUPPORTED_MEDIA_TYPE', {
      en: `The body has type "${type.slice(0, 100) || 'none'}". Send multipart/form-data with a part "file".`, fr: `Le corps a le type « ${type.slice(0, 100) || 'aucun'} ». Envoyez multipart/form-data avec une partie « file ».`,
    }));
  }
  const bytes = await readLimited(request, maxFileBytes + envelopeBytes);
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch((error: unknown) => {
    throw new FailureError(failure('PARAM_INVALID', { en: 'The multipart body cannot be read: its boundary or a part is broken.', fr: 'Le corps multipart est illisible : la limite ou une partie est abîmée.' }), { cause: error });
  });
  const part = form.get('file');
  if (part instanceof File) return part;
  throw new FailureError(failure('PARAM_REQUIRED', { en: 'The part "file" is missing, or is not a file. Send it with a file name.', fr: 'La partie « file » manque, ou n’est pas un fichier. Envoyez-la avec un nom de fichier.' }, { path: 'file' }));
}

import { z } from 'zod';
import { id } from '#flow/id';
import { iso, listOf, operation, pageQuery } from './operation';

const file = z.looseObject({ id, name: z.string(), extension: z.string(), mimeType: z.string(), size: z.int(), createdAt: iso }).meta({ id: 'File' });
const ofFile = z.object({ fileId: id });
export const maxFileBytes = 20 * 1024 * 1024;

export const files = {
  listFiles: operation({ method: 'GET', path: '/files', right: 'workspace.read', summary: { en: 'Files, newest first.', fr: 'Les fichiers, du plus récent au plus ancien.' }, query: z.object(pageQuery), answers: { 200: listOf(file) } }),
  uploadFile: operation({
    method: 'POST', path: '/files', right: 'files.upload', summary: { en: 'Stores a file of at most 20 MB, sent as multipart/form-data with one part named "file".', fr: 'Enregistre un fichier de 20 Mo au plus, envoyé en multipart/form-data avec une partie nommée « file ».' },
    upload: 'file', maxBytes: maxFileBytes, answers: { 201: file }, errors: ['FILE_TOO_LARGE', 'FILE_TYPE'],
  }),
  getFile: operation({ method: 'GET', path: '/files/:fileId', right: 'workspace.read', summary: { en: 'Facts of a file.', fr: 'Les données d’un fichier.' }, params: ofFile, answers: { 200: file }, errors: ['FILE_NOT_FOUND'] }),
  fileContent: operation({ method: 'GET', path: '/files/:fileId/content', right: 'workspace.read', summary: { en: 'The bytes of a file, as a download.', fr: 'Les octets d’un fichier, en téléchargement.' }, params: ofFile, answers: { 200: null }, errors: ['FILE_NOT_FOUND'] }),
};

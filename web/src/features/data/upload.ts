// Files on their way to an import: piece by piece, so that neither side holds one in memory, and going on where the
// last piece ended.
import { ApiProblem, request } from '../../api/client';
import type { Import } from '../../api/generated';

const kPiece = 4 * 1024 * 1024;
const kAttempts = 3;

export interface UploadProgress {
  name: string;
  sent: number;
  size: number;
}

const address = (id: string, name: string, offset: number) => `/api/imports/${id}/files/${encodeURIComponent(name)}?offset=${offset}`;

async function sendPiece(id: string, file: File, offset: number): Promise<void> {
  const body = file.slice(offset, offset + kPiece);
  let response: Response;
  try {
    response = await fetch(address(id, file.name, offset), { method: 'PUT', credentials: 'same-origin', headers: { 'Content-Type': 'application/octet-stream' }, body });
  } catch {
    throw new ApiProblem({ title: '', status: 0, code: 'unreachable', detail: '', fix: '', request_id: '' });
  }
  if (!response.ok) throw new ApiProblem(await response.json());
}

/** How much of the file has arrived. */
async function arrived(id: string, name: string): Promise<number> {
  const { files } = await request<Import>('GET', `/api/imports/${id}`);
  return files.find((file) => file.name === name)?.bytes ?? 0;
}

export async function uploadFile(id: string, file: File, onProgress: (progress: UploadProgress) => void): Promise<void> {
  let sent = 0;
  for (let failures = 0; sent < file.size || (sent === 0 && failures === 0);) {
    onProgress({ name: file.name, sent, size: file.size });
    try {
      await sendPiece(id, file, sent);
      sent = Math.min(sent + kPiece, file.size);
      if (file.size === 0) break;
    } catch (error) {
      const passing = error instanceof ApiProblem && (error.problem.status === 0 || error.problem.status >= 500 || error.problem.code === 'upload_gap');
      failures += 1;
      if (!passing || failures >= kAttempts) throw error;
      sent = await arrived(id, file.name);
    }
  }
  onProgress({ name: file.name, sent: file.size, size: file.size });
}

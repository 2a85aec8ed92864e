/** The page of a folder of an archive. @param path empty: its root */
export function archiveAddress(id: string, archive: string, path = ""): string {
  return `/repositories/${id}/archives?${queryOf(archive, path)}`;
}

/** Where a file, or a folder as tar, is downloaded. @param path empty: the whole archive */
export function downloadAddress(id: string, archive: string, path = ""): string {
  return `/api/v1/repositories/${id}/download?${queryOf(archive, path)}`;
}

function queryOf(archive: string, path: string): string {
  return new URLSearchParams({ archive, ...(path && { path }) }).toString();
}

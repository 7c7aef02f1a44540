// Saves what is on screen as a file.

/** A cell that a spreadsheet would run as a formula is defused with a quote. */
export function csvCell(value: string | number | boolean): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(rows: Record<string, string | number | boolean>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((cells) => cells.map(csvCell).join(',')).join('\r\n');
}

export function saveFile(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

/** With a byte order mark: spreadsheets then read Chinese correctly. */
export function saveCsv(name: string, rows: Record<string, string | number | boolean>[]): void {
  saveFile(name, 'text/csv;charset=utf-8', `\ufeff${toCsv(rows)}`);
}

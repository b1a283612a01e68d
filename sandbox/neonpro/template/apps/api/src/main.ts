export function title(clinic: string): string {
  return `Agenda of ${clinic}`;
}

/**
 * Joins the instance of a row and the definition of its process, in the version of the release that the instance is pinned
 * to: `i` and `d`. Primary keys, and the unique key of definitions by file.
 * @param row alias of a table with bucket, instance_id and process
 */
export function pinnedTo(row: string): string {
  return `join instances i on i.bucket = ${row}.bucket and i.id = ${row}.instance_id
    join definitions d on d.kind = 'process' and d.id = ${row}.process and exists (
      select 1 from release_resources f where f.release_id = i.release_id and f.kind = d.resource_kind
        and f.id = d.resource_id and f.version = d.resource_version)`;
}

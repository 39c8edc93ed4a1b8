/**
 * For tests that look into `/proc`, hand on descriptors or write to `/dev/full`.
 *
 * @module
 */

/** Options of such a test: other systems leave it out. */
export const NEEDS_LINUX: { readonly ignore: boolean } = { ignore: Deno.build.os !== "linux" };

/**
 * `@std/cli` as the npm package `deno-std` carries it, so that a checkout installs from the npm registry alone.
 * What is published depends on JSR's own `@std/cli`: `deno.json` links this package in its place.
 *
 * @module
 */

// @ts-types="./mod.d.ts"
export * from "npm:deno-std@1.4.0/cli/parse_args.js";

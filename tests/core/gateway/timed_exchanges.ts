/**
 * Applications and answers that the tests of deadlines share.
 *
 * @module
 */

import type { App, Result } from "../../../core/gateway/types.ts";
import { answer, DATE } from "../../support/talk.ts";

/** Answers with the content of the request. */
export const echo: App = async (environ, startResponse) => {
  const content = await environ.input.text();
  startResponse(200);
  return content;
};

/** Never answers. */
export const never: App = () => new Promise<Result>(() => {});

/** The answer `ok` on a connection that lives on. */
export const KEPT: string = answer("200 OK", ["content-length: 2", DATE], "ok");

/** A refusal. */
export const refused = (status: string): string => answer(status, ["content-length: 0", DATE, "connection: close"]);

/** The refusal of a client that is too slow. */
export const TIMEOUT: string = refused("408 Request Timeout");

/**
 * Types of the assertions in use: `deno-std` carries none.
 *
 * @module
 */

/** A class, abstract or not, whose instances are `T`. */
// deno-lint-ignore no-explicit-any
export type AbstractConstructor<T = any> = abstract new (...args: any[]) => T;

/** What a failed assertion throws. */
export declare class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions);
}

/** Asserts that the value is truthy. */
export declare function assert(value: unknown, message?: string): asserts value;

/** Asserts that the value is falsy. */
export declare function assertFalse(value: unknown, message?: string): void;

/** Tells whether both values are deeply equal. */
export declare function equal(a: unknown, b: unknown): boolean;

/** Asserts that both values are deeply equal. */
export declare function assertEquals<T>(actual: T, expected: T, message?: string): void;

/** Asserts that the values are not deeply equal. */
export declare function assertNotEquals<T>(actual: T, expected: T, message?: string): void;

/** Asserts that both are the same value, by `Object.is`. */
export declare function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T;

/** Asserts that both are not the same value, by `Object.is`. */
export declare function assertNotStrictEquals<T>(actual: T, expected: T, message?: string): void;

/** Asserts that the numbers differ by no more than the tolerance (by default 1e-7 of the expected one). */
export declare function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void;

/** Asserts that the value is neither `null` nor `undefined`. */
export declare function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T>;

/** Asserts that `actual > expected`. */
export declare function assertGreater<T>(actual: T, expected: T, message?: string): void;

/** Asserts that `actual >= expected`. */
export declare function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;

/** Asserts that `actual < expected`. */
export declare function assertLess<T>(actual: T, expected: T, message?: string): void;

/** Asserts that `actual <= expected`. */
export declare function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;

/** Asserts that the value is an instance of the class. */
export declare function assertInstanceOf<C extends AbstractConstructor>(
  actual: unknown,
  expectedType: C,
  message?: string,
): asserts actual is InstanceType<C>;

/** Asserts that the value is not an instance of the class. */
export declare function assertNotInstanceOf<T, C>(
  actual: T,
  unexpectedType: AbstractConstructor<C>,
  message?: string,
): asserts actual is Exclude<T, C>;

/** Asserts that the value is an error, of the class and with the text in its message where these are given. */
export declare function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: AbstractConstructor<E>,
  messageMatches?: string | RegExp,
  message?: string,
): asserts error is E;

/** Asserts that the text matches the pattern. */
export declare function assertMatch(actual: string, expected: RegExp, message?: string): void;

/** Asserts that the text does not match the pattern. */
export declare function assertNotMatch(actual: string, expected: RegExp, message?: string): void;

/** Asserts that the text includes the other. */
export declare function assertStringIncludes(actual: string, expected: string, message?: string): void;

/** Asserts that the list includes each of the expected values, by deep equality. */
export declare function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void;

/** Asserts that the object has at least what the expected one has, deeply. */
export declare function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void;

/** Asserts that the call throws, and gives what it threw. */
export declare function assertThrows(fn: () => unknown, message?: string): unknown;
/** Asserts that the call throws an error of the class, with the text in its message, and gives the error. */
export declare function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AbstractConstructor<E>,
  messageIncludes?: string,
  message?: string,
): E;

/** Asserts that the promise rejects, and gives the reason. */
export declare function assertRejects(fn: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
/** Asserts that the promise rejects with an error of the class, with the text in its message, and gives the error. */
export declare function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AbstractConstructor<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;

/** Fails. */
export declare function fail(message?: string): never;

/** Fails: the code ought not to come here. */
export declare function unreachable(message?: string): never;

/** Fails: the code is not written. */
export declare function unimplemented(message?: string): never;

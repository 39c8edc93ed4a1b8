/**
 * Types of `parseArgs`: `deno-std` carries none. Flags named in `boolean`, `string`, `collect` and `default` are typed
 * by it; any other flag is `unknown`, and `any` when the call names none at all. Dotted names are not taken apart.
 *
 * @module
 */

/** One name or several, as the options take them. */
export type Names<Name extends string> = Name | readonly Name[];

/** What `parseArgs` is told about the flags. */
export interface ParseOptions<
  Booleans extends string = string,
  Strings extends string = string,
  Collected extends string = string,
  Negatable extends string = string,
  Defaults extends Record<string, unknown> = Record<string, unknown>,
  DoubleDash extends boolean = boolean,
> {
  /** Whether what follows `--` is put in `"--"` instead of `_`. */
  "--"?: DoubleDash;
  /** Other names of flags. */
  alias?: Record<string, string | readonly string[]>;
  /** Flags that take no value; `true` means all that are given without `=`. */
  boolean?: boolean | Names<Booleans>;
  /** Values of flags that are not given. */
  default?: Defaults;
  /** Whether all after the first argument that is no flag goes to `_`. */
  stopEarly?: boolean;
  /** Flags whose value stays text. */
  string?: Names<Strings>;
  /** Flags that may be given more than once: their values come as an array. */
  collect?: Names<Collected>;
  /** Flags that `--no-name` sets to `false`. */
  negatable?: Names<Negatable>;
  /** Is asked about each argument the options do not name; `false` leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** The value of one flag, as the options say. */
export type FlagValue<
  Name extends string,
  Booleans extends string,
  Strings extends string,
  Collected extends string,
  Negatable extends string,
> =
  | (Name extends Collected ? (Name extends Strings ? string : Name extends Booleans ? boolean : unknown)[]
    : Name extends Strings ? string
    : Name extends Booleans ? boolean
    : unknown)
  | (Name extends Negatable ? (Name extends Booleans ? boolean : false) : never);

/** What `parseArgs` gives. */
export type Args<
  Booleans extends string = never,
  Strings extends string = never,
  Collected extends string = never,
  Negatable extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
  DoubleDash extends boolean = false,
> =
  & {
    /** The arguments that are no flags. */
    _: (string | number)[];
  }
  // deno-lint-ignore no-explicit-any
  & ([Booleans | Strings | Collected] extends [never] ? Record<string, any> : Record<string, unknown>)
  // A text flag without default is there only when it is given; all other named ones always are.
  & { [Name in Exclude<Strings, Collected | keyof Defaults>]?: FlagValue<Name, Booleans, Strings, never, Negatable> }
  & {
    [Name in Exclude<Booleans | Collected, keyof Defaults>]: FlagValue<
      Name,
      Booleans,
      Strings,
      Collected,
      Negatable
    >;
  }
  & {
    [Name in Extract<keyof Defaults, string>]: Name extends Booleans | Strings | Collected
      ? FlagValue<Name, Booleans, Strings, Collected, Negatable> | Defaults[Name]
      : unknown;
  }
  & (DoubleDash extends true ? {
      /** The arguments after `--`. */
      "--": string[];
    }
    : Record<never, never>);

/** Reads command line arguments. */
export declare function parseArgs<
  const Booleans extends string = never,
  const Strings extends string = never,
  const Collected extends string = never,
  const Negatable extends string = never,
  Defaults extends Record<string, unknown> = Record<never, never>,
  const DoubleDash extends boolean = false,
>(
  args: string[],
  options?: ParseOptions<Booleans, Strings, Collected, Negatable, Defaults, DoubleDash>,
): Args<Booleans, Strings, Collected, Negatable, Defaults, DoubleDash>;

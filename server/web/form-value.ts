/** Shapes of posted form values. */
import { z } from 'zod';

/** Checkboxes of one name: none, one or several strings become a list. */
export const list = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]));

import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IProblem } from '../tokens';
import { IDraft, IPair } from './draft';

/** Sentences by the field they are about, e.g. `spec.name`. */
export type FieldErrors = { [field: string]: string };

/** Fields under "Advanced": an error in one opens it. */
const ADVANCED = [
  'spec.environment_variables',
  'spec.start_script',
  'spec.working_directory',
  'spec.tags',
  'spec.description',
  'spec.x-jupyter.starting_deadline'
];

/** Names that stand in a table twice: an object could hold only one of them. */
export function duplicates(field: string, pairs: IPair[]): string[] {
  const names = pairs.map(({ name }) => name).filter(Boolean);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    name => `${field}.${name}`
  );
}

/** What can't even be sent. */
export function draftErrors(
  draft: IDraft,
  trans: TranslationBundle
): FieldErrors {
  const twice = [
    ...duplicates('spec.environment_variables', draft.environment_variables),
    ...duplicates('spec.tags', draft.tags)
  ];
  return Object.fromEntries(
    twice.map(field => [field, trans.__('This name is there twice.')])
  );
}

/** The server's errors by field; those about no field of the form are under ''. */
export function fieldErrors(problem: IProblem): FieldErrors {
  const errors: FieldErrors = {};
  for (const { field, message, fix } of problem.errors ?? []) {
    const words = fix ? `${message} – ${fix}` : message;
    const known = /^spec\./.test(field) ? field : '';
    errors[known] = errors[known] ? `${errors[known]}\n${words}` : words;
  }
  if (!Object.keys(errors).length) {
    errors[''] = problem.message;
  }
  return errors;
}

/** Moves to the first field that is wrong, and opens what hides it. */
export function useFocusOnError(
  form: React.RefObject<HTMLFormElement>,
  errors: FieldErrors
): void {
  React.useEffect(() => {
    const fields = Object.keys(errors);
    if (!fields.length) {
      return;
    }
    if (fields.some(field => ADVANCED.some(name => field.startsWith(name)))) {
      form.current
        ?.querySelector('.jp-Deploy-advanced')
        ?.setAttribute('open', '');
    }
    const first =
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      form.current?.querySelector<HTMLElement>('.jp-Deploy-problem');
    first?.scrollIntoView({ block: 'center' });
    first?.focus();
  }, [errors]);
}

import { IDoubt, ISpec } from '../tokens';
import { IDraft } from './draft';

export type Kind = 'job' | 'deployment';

/** A job or a deployment, as far as the form goes. */
export interface IMade {
  spec: ISpec;
  state: { id: string; 'x-jupyter': { project: string } };
}

/** What the form has to know of jobs, or of deployments: `R` is such a one's recipe. */
export interface IKind<R extends IMade, D extends IDraft> {
  name: Kind;
  /** A new one, with what only this kind has. */
  blank(spec: ISpec): R['spec'];
  draftOf(spec: R['spec']): D;
  /** Numbers that are none go as they are: the server says so. */
  specOf(draft: D): R['spec'];
  /** With all values. */
  recipe(name: string): Promise<R>;
  /** A name like this one that none has. */
  freeName(name: string): Promise<string>;
  create(spec: R['spec']): Promise<R>;
  update(id: string, spec: Partial<R['spec']>): Promise<R>;
  /** What would probably fail. */
  check(spec: R['spec'], signal: AbortSignal): Promise<{ problems: IDoubt[] }>;
}

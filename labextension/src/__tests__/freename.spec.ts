import { JobActions } from '../actions';
import { JobsModel } from '../model';
import { ProblemError } from '../http';

function actions(...names: string[]): JobActions {
  const recipe = async (name: string) => {
    if (!names.includes(name)) {
      throw new ProblemError(404, { message: 'no such job' });
    }
  };
  return new JobActions({ service: { recipe } } as unknown as JobsModel);
}

describe('freeName', () => {
  it('counts on from a name that is taken', async () => {
    expect(await actions('train').freeName('train')).toBe('train-2');
    const some = actions('train', 'train-2', 'train-3');
    expect(await some.freeName('train')).toBe('train-4');
    expect(await some.freeName('train-2')).toBe('train-4');
  });
});

/** The parameters of a query by name, a list where a name comes several times. @param query without the question mark */
export function queryInput(query: string | URLSearchParams): Record<string, unknown> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}

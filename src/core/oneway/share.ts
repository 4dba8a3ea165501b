// An even share of a budget for upstream calls, for as many executions as run at the moment. Which sync
// uses which pacer is nowhere declared, so each is counted as if it used them all.

export interface Budget {
  readonly allowedRequests: number;
  readonly intervalMs: number;
}

/**
 * One of `among` equal shares. Where the number of requests cannot be divided evenly the interval is
 * stretched instead: all shares together are then exactly the budget.
 */
export function shareOf(budget: Budget, among: number): Budget {
  const count = Math.max(1, among);
  const { allowedRequests, intervalMs } = budget;
  if (allowedRequests % count === 0) {
    return { allowedRequests: allowedRequests / count, intervalMs };
  }
  return { allowedRequests, intervalMs: intervalMs * count };
}

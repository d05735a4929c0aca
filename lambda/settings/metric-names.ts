/** The namespace of the auditor's own metrics. */
export const METRIC_NAMESPACE = 'LitellmDbAuditor';

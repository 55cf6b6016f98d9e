import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { severities } from '../../../lib/severity.ts';
import type { Target } from '../../stage/target/target.ts';
import { counted } from '../../terminal/wording.ts';
import type { DeployedServices } from './aws.ts';
import { type Check, failing, ok, runCheck } from './check.ts';

const topicOutputs = { page: 'PageTopicArn', ticket: 'TicketTopicArn' } as const;

/** An alarm whose topic has no confirmed subscription notifies nobody. */
export function checkSubscriptions({ outputs }: Target, { sns }: DeployedServices): Promise<Check[]> {
  return Promise.all(
    severities.map(severity => {
      const name = `the topic for each ${severity} has a subscriber`;
      return runCheck(name, async () => {
        const TopicArn = outputs[topicOutputs[severity]];
        const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
        const confirmed = Number(Attributes.SubscriptionsConfirmed ?? 0);
        const pending = Number(Attributes.SubscriptionsPending ?? 0);
        if (confirmed > 0) return ok(name, counted(confirmed, 'confirmed subscription'));
        return pending > 0
          ? failing(
              name,
              `${counted(pending, 'subscription')} to ${TopicArn}, none confirmed`,
              'follow the link in the e-mail from Amazon SNS; after three days it expires: then subscribe again',
            )
          : failing(
              name,
              `nobody has subscribed to ${TopicArn}`,
              'deploy with alarmEmail, or subscribe to the topic: docs/operator/deploy.md',
            );
      });
    }),
  );
}

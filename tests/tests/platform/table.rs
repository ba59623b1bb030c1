//! The table's settings, as they come out of the template.

use countersign_tests::Run;

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-table-timetolivespecification.html>
#[test]
fn closed_records_can_expire() {
    assert_eq!(Run::connect().table_expiry().as_deref(), Some("expiresAt"));
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-table-pointintimerecoveryspecification.html>
#[test]
fn the_table_can_be_restored() {
    assert!(Run::connect().table_can_be_restored());
}

"""Three hundred backup files are checked one after the other, and no more than one of them is in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from services.aws.port import Port, Settings
from services.demo.objects import backup_object, object_key
from tests.services.verify.bucket import OURS, QUORUM, WALLET
from tests.world import ACCOUNT, BUCKET, do

ROOT = Path(__file__).resolve().parents[3]
FILES = 300
MOST = 150 * 1024
"""KB that the process may have in memory at its highest."""

CHILD = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from services.aws.port import Port, Settings
from services.verify.backups import look
from services.verify.files import Wanted

endpoint, key_file, bucket, account, key_arn, key_id, quorum = sys.argv[1:]
port = Port(Settings(region="eu-west-1", endpoint_url=endpoint, access_key="AKIAEXAMPLE", secret_key="example"))
wanted = Wanted(bucket, account, "eu-west-1", key_arn, (Path(key_file).read_bytes(),), "user/kim", (key_id,),
                quorum_id=quorum)
looked = look(port, wanted, datetime.now(UTC))
sealed = [check.status for check in looked.checks if check.id.endswith(".sealed")]
print(len(looked.judged), sealed.count("pass"), sum(each.file.size for each in looked.judged))
# Of this program alone: the kernel's other number, ru_maxrss, begins with that of whoever started it.
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(600)
def test_checking_three_hundred_files_stays_small(moto_server: str, tmp_path: Path) -> None:
    aws = Port(
        Settings(region="eu-west-1", endpoint_url=moto_server, access_key="AKIAEXAMPLE", secret_key="example")
    )
    key = do(aws, "kms", "CreateKey")["KeyMetadata"]["Arn"]
    do(
        aws,
        "s3",
        "CreateBucket",
        Bucket=BUCKET,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    body = backup_object(WALLET, OURS, 0, 3, Random(1))
    assert len(body) > 330_000
    for number in range(FILES):
        sse = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        do(aws, "s3", "PutObject", Bucket=BUCKET, Key=object_key(WALLET, number), Body=body, **sse)
    (tmp_path / "key.der").write_bytes(OURS)
    arguments = (moto_server, str(tmp_path / "key.der"), BUCKET, ACCOUNT, key, WALLET.key_id, QUORUM)
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    counted, peak = ran.stdout.splitlines()
    assert counted == f"{FILES} {FILES} {FILES * len(body)}"
    assert int(peak) < MOST, f"{int(peak) // 1024} MB"

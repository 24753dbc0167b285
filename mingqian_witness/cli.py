"""The command line of a witness."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mingqian_witness.keeper import Keeper, read_request
from mingqian_witness.polling import poll
from mingqian_witness.refusal import RefusedError
from mingqian_witness.server import server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mingqian_witness", description="外部见证方：为公开留痕的检查点签名")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="命令")
    keys = deeds.add_parser("keys", help="生成密钥，显示要登记到平台的公钥")
    keys.add_argument("folder", type=Path, help="存放密钥和状态的文件夹")
    keys.add_argument("name", help="见证方名称，例如 audit.example.gov.cn")
    keys.add_argument("log_key", help="日志的公钥（从平台以外的渠道核对）")
    show = deeds.add_parser("show", help="显示公钥和上次见证到第几条")
    show.add_argument("folder", type=Path)
    cosign = deeds.add_parser("cosign", help="为人工送来的请求文件签名")
    cosign.add_argument("folder", type=Path)
    cosign.add_argument("request", type=Path, help="平台“见证”页下载的请求文件")
    cosign.add_argument("--out", type=Path, help="签名后的检查点写到这里，送回平台上传（不写则显示）")
    ask = deeds.add_parser("poll", help="定时向平台公示端取检查点、签名、交回")
    ask.add_argument("folder", type=Path)
    ask.add_argument("address", help="公示端地址，例如 https://example.gov.cn/public/")
    ask.add_argument("--every", type=int, default=0, metavar="秒", help="每隔多少秒一次；不写只做一次")
    serve = deeds.add_parser("serve", help="等候平台送来检查点（C2SP tlog-witness）")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8743)
    serve.add_argument("--certificate", type=Path, help="PEM 证书文件（含私钥），有则用 HTTPS")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _cosign(given: argparse.Namespace) -> None:
    request = read_request(given.request.read_text(encoding="utf-8").replace("\r\n", "\n"))
    note = request.note + Keeper(given.folder).cosign(request)
    if given.out is None:
        sys.stdout.write(note)
    else:
        given.out.write_text(note, encoding="utf-8", newline="\n")
        _say(f"已签名，请把 {given.out} 送回平台上传。")


def _poll(given: argparse.Namespace) -> None:
    keeper = Keeper(given.folder)
    while True:
        try:
            done = poll(keeper, given.address)
            _say(f"已见证到第 {done[-1]} 条。" if done else "没有新的检查点。")
        except OSError as error:
            if not given.every:
                raise
            _say(f"平台暂时连不上（{error}），稍后再试。")
        if not given.every:
            return
        time.sleep(given.every)


def _serve(given: argparse.Namespace) -> None:
    made = server(Keeper(given.folder), given.host, given.port, given.certificate)
    _say(f"见证服务已启动：{given.host}:{made.server_port}/add-checkpoint")
    try:
        made.serve_forever()
    except KeyboardInterrupt:
        made.server_close()


def _show(given: argparse.Namespace) -> None:
    keeper = Keeper(given.folder)
    last = keeper.last()
    _say(f"公钥：{keeper.key}")
    _say(f"日志：{keeper.log}，已见证到第 {last.size if last else 0} 条")


def _keys(given: argparse.Namespace) -> None:
    _say(Keeper.make(given.folder, given.name, given.log_key).key)


_DEEDS = {"keys": _keys, "show": _show, "cosign": _cosign, "poll": _poll, "serve": _serve}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 refused (the checkpoint is not cosigned), 2 cannot be done."""
    given = _parser().parse_args(arguments)
    try:
        _DEEDS[given.deed](given)
    except RefusedError as error:
        sys.stderr.write(f"没有签名：{error}\n")
        return 1
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0

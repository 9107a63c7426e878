"""Starts SkyRL's Tinker server on the CPU, without uv: its own launcher starts the engine through `uv run`.

Usage: python skyrl_server.py --base-model FOLDER --state FOLDER --port N
Binds to loopback. Ends its engine process when it is told to end.
"""

import argparse
import json
import sys
from pathlib import Path

import uvicorn
from skyrl.tinker import api
from skyrl.tinker.config import EngineConfig, config_to_argv


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-model", required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--adapters", type=int, default=6)
    arguments = parser.parse_args()
    state = Path(arguments.state).resolve()
    state.mkdir(parents=True, exist_ok=True)
    api.app.state.engine_config = EngineConfig.model_validate(
        {
            "base_model": str(Path(arguments.base_model).resolve()),
            "backend": "jax",
            "backend_config": {"max_lora_adapters": arguments.adapters, "max_lora_rank": 32},
            "checkpoints_base": str(state / "checkpoints"),
            "database_url": f"sqlite:///{state / 'server.db'}",
        }
    )
    api._build_uv_run_cmd_engine = lambda _parent, config: [
        sys.executable,
        "-m",
        "skyrl.tinker.engine",
        *config_to_argv(config),
    ]
    print(json.dumps({"starting": arguments.port}), flush=True)
    uvicorn.run(api.app, host="127.0.0.1", port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()

from flanchat.api.interrupted import FlanchatWarning as FlanchatWarning
from flanchat.api.interrupted import Interrupted as Interrupted
from flanchat.api.loading import load as load
from flanchat.api.model import Model as Model
from flanchat.api.pipeline import pipeline as pipeline
from flanchat.api.results import Answer as Answer
from flanchat.api.results import Answers as Answers
from flanchat.api.results import Cell as Cell
from flanchat.api.results import Grid as Grid
from flanchat.api.results import Score as Score
from flanchat.api.results import Scores as Scores
from flanchat.api.results import Tokens as Tokens
from flanchat.api.stream import Stream as Stream
from flanchat.base.errors import BudgetError as BudgetError
from flanchat.base.errors import DeviceError as DeviceError
from flanchat.base.errors import EngineError as EngineError
from flanchat.base.errors import FlanchatError as FlanchatError
from flanchat.base.errors import ModelError as ModelError
from flanchat.base.errors import ProfileError as ProfileError
from flanchat.base.errors import StorageError as StorageError
from flanchat.base.errors import UsageError as UsageError
from flanchat.engine.events import Alternative as Alternative
from flanchat.engine.events import Delta as Delta
from flanchat.engine.events import Finished as Finished
from flanchat.engine.events import Piece as Piece
from flanchat.engine.events import Started as Started
from flanchat.engine.events import Token as Token
from flanchat.engine.events import Warned as Warned
from flanchat.engine.events import Withdrawn as Withdrawn
from flanchat.engine.protocol import ModelCard as ModelCard
from flanchat.prompting.profile import Profile as Profile
from flanchat.prompting.prompt import Prompt as Prompt
from flanchat.prompting.prompt import Segment as Segment
from flanchat.sessions.choices import ScoredChoice as ScoredChoice
from flanchat.sessions.conversation import Timing as Timing

__version__: str
__all__: list[str]
